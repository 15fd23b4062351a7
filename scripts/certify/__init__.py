"""Holds certificates against tables that programmes of their own construct; shares no code with nnlut."""
