alter table to_do_role add column from_on text;
alter table to_do_role add column to_on text;
