alter table notice add column remind_at timestamp with time zone;
