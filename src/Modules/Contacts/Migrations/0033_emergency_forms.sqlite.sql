alter table interaction_draft add column emergency_type_id integer references contact_type (id);
