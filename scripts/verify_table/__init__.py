"""Checks a table and its certificate with numpy and scipy alone; shares no code with nnlut."""
