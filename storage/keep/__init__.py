"""What is written: every function takes the transaction of its use case; only casework may call them."""
