"""`ievq demo`: the main job on real data, from nothing, through every process of the stack.

It acts as its users do: the submitter by HTTP with a key, the engineer by opening and closing quarters, the
subscriber by receiving webhooks. What it prints at the end it has read back from the database and the receiver.
"""

from ievq_pipeline.demo.show import run

__all__ = ["run"]
