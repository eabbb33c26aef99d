-- While the call in which somebody was verified is parked or waits for a colleague, they open nothing.
alter table caller add column parked_at timestamp with time zone;
