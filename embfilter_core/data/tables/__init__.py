"""Tables from files of other people, and what is made of their columns."""
