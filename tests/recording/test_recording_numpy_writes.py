"""What code writes into arrays: also through views, in place, and into buffers part by part."""

from __future__ import annotations

import numpy as np
import pytest
from numpy import zeros as imported

from tests.recording.gradients import agrees, graph, rng

R = rng(1)
LEARNED = {
    "A": R.standard_normal((3, 4)),
    "B": R.standard_normal((4, 2)),
    "v": R.standard_normal(4),
}
DATA = {"W": R.standard_normal((3, 4)), "y": np.array([0, 3, 1])}

BODIES = {
    "iadd": [
        "z=A*2",
        "z+=W",
        "z-=v",
        "z*=A",
        "z/=3",
        "z**=2",
        "return z",
    ],
    "imatmul": [
        "z=A@B",
        "q=np.eye(2)*A[0,0]",
        "z@=q",
        "return z",
    ],
    "alias": [
        "z=A*1",
        "w=z",
        "w+=1",
        "return z*W",
    ],
    "noalias": [
        "z=A.sum()",
        "w=z",
        "w+=1",
        "return z*w",
    ],
    "view": [
        "z=A*1",
        "t=z.T",
        "z+=1",
        "return t@z",
    ],
    "view2": [
        "z=A*1",
        "t=z.T",
        "t*=2",
        "return z*W",
    ],
    "view3": [
        "z=A*1",
        "t=z.reshape(2,6)",
        "t[0]=0",
        "return z*W",
    ],
    "view4": [
        "z=A*1",
        "t=z.ravel()",
        "t*=np.arange(12)",
        "return z*W",
    ],
    "copyravel": [
        "z=(A*1).T",
        "t=z.ravel()",
        "t*=2",
        "return z",
    ],
    "row": [
        "z=A*1",
        "row=z[0]",
        "row+=5",
        "row*=v",
        "return z*W",
    ],
    "row2": [
        "z=A*1",
        "row=z[0]",
        "z[0]=v*2",
        "return row*v+z",
    ],
    "col": [
        "z=A*1",
        "z[:,1]=z[:,0]*2",
        "return z*z",
    ],
    "colview": [
        "z=A*1",
        "t=z[:,1:3]",
        "t[0]=7",
        "t[:,1]*=2",
        "return z*z",
    ],
    "set0": [
        "z=A*1",
        "z[0]=v",
        "z[1]=1.5",
        "return z*z",
    ],
    "setcell": [
        "z=A*1",
        "z[1,2]=v[0]*v[1]",
        "z[0,0]=3",
        "return z*z",
    ],
    "setcells": [
        "d=np.zeros((3,4))",
        "for i in range(3):",
        "  for j in range(4):",
        "    d[i,j]=A[i,j]*v[j]",
        "return d*d",
    ],
    "setcells2": [
        "d=np.zeros((3,4))",
        "for i in range(1,3):",
        "  for j in range(1,4):",
        "    d[i,j]=A[i,j]*v[j]+d[i-1,j-1]",
        "return d*d",
    ],
    "slices": [
        "d=np.empty((3,6))",
        "d[:,:4]=A",
        "d[:,4:]=A@B",
        "return d**2",
    ],
    "slices2": [
        "d=np.ones((3,6))",
        "d[:,1:5]=A",
        "return d**2",
    ],
    "mask": [
        "z=A*1",
        "z[z<0]=0",
        "return z*W",
    ],
    "maskleak": [
        "z=A*1",
        "z[z<0]*=0.1",
        "return z*W",
    ],
    "maskdata": [
        "z=A*1",
        "z[W<0]=0",
        "return z*W",
    ],
    "masktr": [
        "z=A*1",
        "z[W<0]=v[0]",
        "return z*W",
    ],
    "maskarr": [
        "z=A*1",
        "z[W<0]=A[W<0]*3",
        "return z*W",
    ],
    "maskrow": [
        "z=A*1",
        "z[np.array([True,False,True])]=v",
        "return z*W",
    ],
    "fancy": [
        "p=A*2",
        "p[np.arange(3),y]-=1",
        "return p*p",
    ],
    "fancyset": [
        "p=A*2",
        "p[[0,1]]=p[[1,0]]",
        "return p*W",
    ],
    "onehot": [
        "t=np.zeros((3,4))",
        "t[np.arange(3),y]=1",
        "return (A-t)**2",
    ],
    "onehot2": [
        "t=np.zeros_like(A)",
        "t[range(3),y]=1",
        "return (A-t)**2",
    ],
    "onehot3": [
        "x=imported(4)",
        "x[2]=1",
        "return A@x",
    ],
    "buffer": [
        "hs=np.zeros((4,4))",
        "hs[0]=v",
        "for t in range(3): hs[t+1]=np.tanh(hs[t]*A[t])",
        "return hs**2",
    ],
    "bufneg": [
        "hs=np.zeros((3,4))",
        "for t in range(3): hs[t]=np.tanh(hs[t-1]+A[t])",
        "return hs**2",
    ],
    "bufplus": [
        "hs=np.zeros((3,4))",
        "for t in range(3):",
        "  hs[t]+=A[t]",
        "  hs[t]*=2",
        "return hs**2",
    ],
    "fillview": [
        "z=np.zeros((2,2,3))",
        "z[0,1]=A[0,:3]",
        "z[1]=A[:2,:3]",
        "return z**2",
    ],
    "out": [
        "z=np.empty((3,4))",
        "np.multiply(A,W,out=z)",
        "np.maximum(z,0,out=z)",
        "return z",
    ],
    "out2": [
        "z=np.empty((3,2))",
        "np.dot(A,B,out=z)",
        "return z",
    ],
    "sumlist": [
        "return sum([A*i for i in range(3)])",
    ],
    "inplacearg": [
        "A-=A.mean()",
        "A*=2",
        "return A**2",
    ],
    "copyto": [
        "z=np.zeros((3,4))",
        "np.copyto(z,A)",
        "return z*W",
    ],
    "filldiag": [
        "z=A[:,:3]*1",
        "np.fill_diagonal(z,0)",
        "return z**2",
    ],
    "whole": [
        "z=np.zeros((3,4))",
        "z[:]=A",
        "z[...]*=2",
        "return z**2",
    ],
    "bcastw": [
        "z=np.zeros((3,4))",
        "z[:]=v",
        "return z*A",
    ],
    "swap": [
        "z=A*1",
        "z[0],z[1]=z[1].copy(),z[0].copy()",
        "return z*W",
    ],
    "fill": [
        "z=A*1",
        "z.fill(2.)",
        "return z*A",
    ],
    "sortm": [
        "z=A*1",
        "z.sort(axis=1)",
        "return z*W",
    ],
    "shapeset": [
        "z=A*1",
        "z.shape=(2,6)",
        "return z**3",
    ],
    "arr": [
        "h=np.array([0.,0.,0.])",
        "h[1]=A[0,0]",
        "return h**2",
    ],
    "deep": [
        "import copy",
        "z=A*1",
        "q=copy.deepcopy(z)",
        "q+=1",
        "return z*q",
    ],
    "splitw": [
        "z=A*1",
        "a,b=np.split(z,2,axis=1)",
        "a*=2",
        "return z**2",
    ],
    "stepw": [
        "z=A*1",
        "z[::2]=v",
        "return z**2",
    ],
    "negw": [
        "z=A*1",
        "z[-1]=v",
        "z[-1]*=2",
        "return z**2",
    ],
    "dotlist": [
        "return np.dot([A[0,0],A[0,1]],B[:2])",
    ],
    "nested": [
        "z=A*1",
        "t=z[1:]",
        "u=t[0]",
        "u[:]=v",
        "u[2]=0",
        "return z**2",
    ],
    "where": [
        "m=np.zeros(12).reshape(3,4)",
        "m[0]=1",
        "return A*m",
    ],
    "append": [
        "hs=[]",
        "for t in range(3): hs.append(np.tanh(A[t]))",
        "return np.array(hs)**2",
    ],
    "dict": [
        "hs={}",
        "hs[-1]=np.zeros(4)",
        "for t in range(3): hs[t]=np.tanh(A[t]+hs[t-1])",
        "return hs[2]",
    ],
    "usezero": [
        "acc=np.zeros(4)",
        "for t in range(3): acc+=A[t]*v",
        "return acc**2",
    ],
    "plaincopy": [
        "b=W*1",
        "c=b.copy()",
        "c[0]=A[0]",
        "return c**2",
    ],
    "augarr": [
        "s=np.zeros(())",
        "s+=A[0,0]",
        "s*=2",
        "return s",
    ],
}
"""Lines of a function of A (3, 4), B (4, 2) and v (4), which are learned, and of W (3, 4) and y."""


def function(lines):
    """The function with these lines, whose last returns an array that is summed up."""
    *body, last = lines
    code = [*body, last.replace("return ", "return np.sum(") + ")"]
    names = {"np": np, "imported": imported}
    exec("def f(A, B, v, W, y):\n" + "\n".join(f" {one}" for one in code), names)
    return names["f"]


@pytest.mark.parametrize("name", BODIES)
def test_what_is_written_is_seen_by_every_array_that_shares_the_memory(name):
    agrees(function(BODIES[name]), LEARNED, **DATA)


def test_a_buffer_that_is_filled_row_by_row_is_a_stack():
    recording = agrees(function(BODIES["buffer"]), LEARNED, **DATA)
    assert graph(recording) == [
        'hs_1 = "tanh(v * A[0])"',
        'hs_2 = "tanh(hs_1 * A[1])"',
        'hs_3 = "tanh(hs_2 * A[2])"',
        'hs = "stack(v, hs_1, hs_2, hs_3)"',
        'loss = "sum(hs ** 2)"',
    ]


def test_a_number_written_where_a_condition_holds_is_a_where():
    recording = agrees(function(BODIES["mask"]), LEARNED, **DATA)
    assert graph(recording)[1] == 'z = "where(z_1 < 0, 0, z_1)"'
    assert recording.notes == ()


def test_a_one_hot_matrix_is_data():
    recording = agrees(function(BODIES["onehot"]), LEARNED, **DATA)
    assert graph(recording) == ['loss = "sum((A - t) ** 2)"']
    np.testing.assert_array_equal(recording.arrays["t"], np.eye(4)[[0, 3, 1]])


def test_numpy_is_as_it_was_afterwards():
    before = {name: getattr(np, name) for name in ("zeros", "array", "sum", "full_like")}
    agrees(function(BODIES["buffer"]), LEARNED, **DATA)
    assert all(getattr(np, name) is one for name, one in before.items())
    assert type(np.zeros(3)) is np.ndarray
