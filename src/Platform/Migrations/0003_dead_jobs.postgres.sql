create index ix_job_dead on job (finished_at, id) where state = 'Dead';
