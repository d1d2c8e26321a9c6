"""What makes documents, the sites' types and checks out of the source: nothing here is part of the product."""
