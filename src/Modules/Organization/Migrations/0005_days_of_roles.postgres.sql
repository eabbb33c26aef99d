alter table to_do_role add column from_on date;
alter table to_do_role add column to_on date;
