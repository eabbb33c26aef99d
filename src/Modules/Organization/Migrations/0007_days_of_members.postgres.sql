alter table skill add column from_on date;
alter table skill add column to_on date;
alter table to_do_role_member add column from_on date;
alter table to_do_role_member add column to_on date;
