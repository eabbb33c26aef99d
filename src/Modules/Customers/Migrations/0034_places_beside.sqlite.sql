-- All that is compared of places with the same house number stands in the index.
drop index if exists ix_premise_house;
create index ix_premise_house on premise (house_number, postal_code, street_name, unit, id) where house_number is not null;
