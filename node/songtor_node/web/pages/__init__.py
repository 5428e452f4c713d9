"""The rooms of the web application: each a file of pages and their acts."""
