alter table to_do add column hold_until text;
