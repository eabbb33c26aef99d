alter table to_do_type add column from_on date;
alter table to_do_type add column to_on date;
