alter table skill add column from_on text;
alter table skill add column to_on text;
alter table to_do_role_member add column from_on text;
alter table to_do_role_member add column to_on text;
