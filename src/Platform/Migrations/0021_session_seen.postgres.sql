alter table session add column seen_at timestamp with time zone;
