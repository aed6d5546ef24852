"""The shape of the Python original: threads with a connection each, text keys, a commit a message.

Called with one argument, JSON: path (a file with the schema, its channels and users), rowsPath (a JSON list of
[message_id, channel_id, user_id, content, timestamp]), threads, rowsPerCommit, synchronous (NORMAL or FULL). Prints what
it measured as JSON.
"""

import json
import platform
import sqlite3
import sys
import threading
import time

INSERT = """
  INSERT OR REPLACE INTO messages (message_id, channel_id, user_id, content, timestamp) VALUES (?, ?, ?, ?, ?)"""
UPDATE_CHANNEL = """
  UPDATE channels SET message_count = message_count + 1, last_active = ? WHERE channel_id = ?"""
UPDATE_USER = """
  UPDATE users SET message_count = message_count + 1, last_active = ? WHERE user_id = ?"""


def connect(path, synchronous):
    connection = sqlite3.connect(path, timeout=600, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def ask(connection, sql):
    return connection.execute(sql).fetchone()[0]


def store_all(connection, rows, rows_per_commit, latencies_ms):
    for start in range(0, len(rows), rows_per_commit):
        started = time.perf_counter()
        batch = rows[start : start + rows_per_commit]
        connection.executemany(INSERT, batch)
        connection.executemany(UPDATE_CHANNEL, [(row[4], row[1]) for row in batch])
        connection.executemany(UPDATE_USER, [(row[4], row[2]) for row in batch])
        connection.commit()
        latencies_ms.append((time.perf_counter() - started) * 1000)


def main():
    config = json.loads(sys.argv[1])
    with open(config["rowsPath"], encoding="utf-8") as file:
        rows = json.load(file)
    thread_count = config["threads"]
    latencies_ms = [[] for _ in range(thread_count)]
    failures = []
    start_together = threading.Barrier(thread_count + 1)

    connections = [connect(config["path"], config["synchronous"]) for _ in range(thread_count)]

    def work(index):
        connection = connections[index]
        start_together.wait()
        try:
            store_all(connection, rows[index::thread_count], config["rowsPerCommit"], latencies_ms[index])
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    keeper = connect(config["path"], config["synchronous"])  # Keeps the log from being folded in whenever a thread ends.
    threads = [threading.Thread(target=work, args=(index,)) for index in range(thread_count)]
    for thread in threads:
        thread.start()
    start_together.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed_ms = (time.perf_counter() - started) * 1000
    if failures:
        raise failures[0]
    stored = ask(keeper, "SELECT count(*) FROM messages")
    if stored != len(rows):
        raise RuntimeError(f"Stored {stored} rows instead of {len(rows)}")
    report = {
        "elapsedMs": elapsed_ms,
        "latenciesMs": sum(latencies_ms, []),
        "library": f"Python {platform.python_version()} sqlite3",
        "sqliteVersion": sqlite3.sqlite_version,
        "journalMode": ask(keeper, "PRAGMA journal_mode"),
        "synchronous": ask(keeper, "PRAGMA synchronous"),
    }
    keeper.close()
    print(json.dumps(report))


main()
