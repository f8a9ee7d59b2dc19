-- Orders that somebody has to do something with, for the kitchen, the promise to the next customer and the deadlines of steps.
DROP INDEX orders_in_kitchen;
CREATE INDEX orders_in_hand ON orders (placed_at) WHERE status IN ('confirmed', 'preparing', 'ready', 'dispatched');
