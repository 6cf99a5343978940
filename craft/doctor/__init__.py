"""`manage.py doctor`: looks at a live installation and says what to do about each fault.

To add a check, write a function that returns what is well and raises Fault, and name it in `table.CHECKS`.
"""
