alter table notice add column remind_at text;
