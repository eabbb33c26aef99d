alter table contact_class add column from_on date;
alter table contact_class add column to_on date;
