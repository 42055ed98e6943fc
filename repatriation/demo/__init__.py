"""The demo's campaign: two thousand families at every stage of the way home.

Rows are written as sets, with the states and times that the real actions would have left.
"""

from repatriation.demo.steps import load_campaign

__all__ = ["load_campaign"]
