"""Operating a deployed starter from the command line, with boto3 alone.

Nothing here imports a construct; rich is used where it is installed.
"""
