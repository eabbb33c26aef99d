alter table session add column seen_at text;
