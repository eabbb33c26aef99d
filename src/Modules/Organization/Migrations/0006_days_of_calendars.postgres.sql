alter table business_calendar add column from_on date;
alter table business_calendar add column to_on date;
alter table to_do_role add column calendar_id bigint references business_calendar (id);
create index ix_to_do_role_calendar on to_do_role (calendar_id);
