. /tmp/h4m/lib.sh
n=60000; end=2026-11-28T12:00:00Z
for pct in 0 1 10 50; do
  d=$((n*pct/100)); c=$((d/12))
  for i in $(seq 12); do
    if [ $c -gt 0 ]; then
      $base produce --topic k$pct=invocations --create-partitions 4 --generate $c --seed 5$i --days 1 --end $end --partition-by random >/dev/null 2>&1
      $base produce --topic x$pct=invocations --create-partitions 4 --generate $c --seed 5$i --days 1 --end $end --partition-by random >/dev/null 2>&1
    fi
    $base produce --topic x$pct=invocations --create-partitions 4 --generate $(( (n-d)/12 )) --seed 1$i --days 1 --end $end --partition-by random >/dev/null 2>&1
  done
done
echo loaded
