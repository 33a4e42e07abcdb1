"""Reading the rooms: what is open, what is free, what it costs, who booked what."""
