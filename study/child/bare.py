"""The main file of a measured interpreter: a guard, and nothing that a spawned worker would have to import again."""

if __name__ == "__main__":
    import os
    import sys

    sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from study.child.session import serve

    serve(int(sys.argv[1]), int(sys.argv[2]))
