"""How gunicorn serves: two processes with threads, so that one long upload holds nobody else up."""
workers = 2
threads = 8
worker_class = "gthread"
timeout = 120
# A worker that is recycled lets a long layout end (negotiation/documents/pdf.py gives it four minutes).
graceful_timeout = 240
# A recycled worker gives back the memory of the largest uploads it has read.
max_requests = 2000
max_requests_jitter = 200
accesslog = None
control_socket_disable = True
