"""Result -> the 工作简报 as plain data: sections, annexes, every number from the result."""
