"""WeCom messages to customers, which an employee confirms."""
