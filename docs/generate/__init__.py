"""Pages that are generated from the code: ``python -m docs.generate`` writes them anew, and
``tests/frame/test_generated_docs.py`` fails while one is out of date.
"""
