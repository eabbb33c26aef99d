alter table contact_class add column from_on text;
alter table contact_class add column to_on text;
