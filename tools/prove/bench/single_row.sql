INSERT INTO bench_row (principal, stored_at, text) VALUES (1, now(), 'one row, one commit');
