-- up
SELECT 1;
