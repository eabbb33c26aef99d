alter table interaction_draft add column emergency_type_id bigint references contact_type (id);
