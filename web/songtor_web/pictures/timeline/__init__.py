"""The timeline of a life: time runs downward, periods are bars beside it, what led to what is an arrow."""
