create unique index ux_person_name_coming on person_name (person_id) where kind = 'Coming';
