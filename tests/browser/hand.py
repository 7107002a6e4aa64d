"""How a person works a page: with the keyboard alone, or with a mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MOST_TABS = 400


@dataclass
class Hand:
    """How a person works a page: with the Tab key and Enter, or with a mouse."""

    page: Any
    keyboard: bool

    def reach(self, target: Any) -> None:
        """Come to a field or a button as this person does; fails when the keyboard never gets there."""
        if not self.keyboard:
            target.scroll_into_view_if_needed()
            return
        for _ in range(MOST_TABS):
            if target.evaluate("e => e === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"клавишей Tab не дойти: {target}")

    def push(self, target: Any) -> None:
        """Press a button, follow a link, open a fold."""
        self.reach(target)
        if self.keyboard:
            self.page.keyboard.press("Enter")
        else:
            target.click()

    def write(self, target: Any, text: str) -> None:
        """Type into a field in place of what is there."""
        self.reach(target)
        if not self.keyboard:
            target.fill(text)
            return
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def choose(self, target: Any) -> None:
        """Choose one of several: the space bar, or a click."""
        if self.keyboard:
            # Tab comes to a group of choices once; inside it the arrows lead.
            group = self.page.locator(f"input[name={target.get_attribute('name')}]")
            for _ in range(MOST_TABS):
                if group.evaluate_all("all => all.includes(document.activeElement)"):
                    break
                self.page.keyboard.press("Tab")
            self.page.keyboard.press("Space")
            for _ in range(5):
                if target.is_checked():
                    return
                self.page.keyboard.press("ArrowDown")
            raise AssertionError(f"стрелками не выбрать: {target}")
        target.check()
