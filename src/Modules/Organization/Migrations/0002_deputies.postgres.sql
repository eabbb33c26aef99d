create index ix_absence_deputy on absence (deputy_id, to_on);
