"""The dispatch service: stops, tours and the times that customers are told."""
