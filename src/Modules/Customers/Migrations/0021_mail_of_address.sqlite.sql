alter table person_address add column carries text;
