-- wrk: create a task with each request.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"title": "Buy groceries", "priority": "high", "due_date": "2027-01-15", "tags": ["home"]}'
