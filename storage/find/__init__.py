"""What is found: queries that give frozen facts to the desk and to casework."""
