# Отклик: две главные команды — make run и make test. Остальное — для тех, кто развивает продукт.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)
SHELL  := /bin/bash

.PHONY: help run test bench check fmt lock peers clean

help: ## этот список
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1 — /'

$(VENV)/python.ok:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Нужен Python 3.11 или новее, а найден: $$($(PYTHON) --version 2>&1). Укажите другой: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "Не удалось создать окружение. В Debian и Ubuntu: sudo apt-get install python3-venv"; exit 2; }
	@touch $@

# A stamp per lock: nothing is installed twice, and a changed lock is noticed.
$(VENV)/run.ok: $(VENV)/python.ok requirements.lock pyproject.toml
	@echo "Ставлю библиотеки по requirements.lock (один раз, около минуты)…"
	@scripts/install $(BIN)/python requirements.lock
	@touch $@

$(VENV)/dev.ok: $(VENV)/python.ok requirements-dev.lock pyproject.toml
	@echo "Ставлю библиотеки для проверок по requirements-dev.lock (один раз)…"
	@scripts/install $(BIN)/python requirements-dev.lock
	@touch $@ $(VENV)/run.ok

$(VENV)/bench.ok: $(VENV)/run.ok requirements-bench.lock
	@scripts/install $(BIN)/python requirements-bench.lock
	@touch $@

run: $(VENV)/run.ok ## запустить: база, демонстрационный округ, страницы и обход источников
	@exec $(BIN)/otklik run

test: $(VENV)/dev.ok ## все проверки: стиль, типы, стены, тесты на SQLite, PostgreSQL и в браузере
	@scripts/test-machine
	@scripts/check

check: $(VENV)/dev.ok ## то же, что test, но ничего не доустанавливая в систему
	@scripts/check

bench: $(VENV)/bench.ok ## измерить скорость и память; итоги в bench.json (QUICK=1 — быстро и грубо)
	@$(BIN)/python -m tests.bench $(if $(QUICK),--quick) --json bench.json

fmt: $(VENV)/dev.ok ## привести код к единому виду
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: ## обновить замки версий (нужен uv)
	@scripts/lock

clean: ## убрать окружение и следы проверок (папка var с данными остаётся)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage* htmlcov
