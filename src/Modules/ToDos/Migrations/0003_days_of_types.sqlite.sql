alter table to_do_type add column from_on text;
alter table to_do_type add column to_on text;
