"""Every vendor on loopback: it checks what the vendor checks, and counts what each recipient really
received.
"""
