"""The demo district: what 33 units sent over three periods."""

from pipeline.demo.mailbox import write_demo

__all__ = ["write_demo"]
