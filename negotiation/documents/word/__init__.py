"""A page of ours as a Word document (DOCX): the same HTML that makes the PDF, its order, headings and tables kept."""
