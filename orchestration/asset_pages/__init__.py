"""What Dagster shows on the page of a segment, journey, campaign or sync: figures of the run, a
chart, masked rows, where its columns come from. One query a kind, however many assets there are.
"""
